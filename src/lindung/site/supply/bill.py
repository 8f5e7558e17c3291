"""The bill of materials as CycloneDX 1.6 JSON (ECMA-424)."""

from __future__ import annotations

from collections.abc import Iterable

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6

from lindung.site.supply.packages import Package


def bill(packages: Iterable[Package], *, version: str) -> str:
    """The bill of this version."""
    bom = Bom()
    bom.metadata.component = Component(
        type=ComponentType.APPLICATION,
        name="lindung",
        version=version,
        bom_ref="lindung",
        licenses=[DisjunctiveLicense(id="EUPL-1.2")],
    )
    for each in packages:
        bom.components.add(_component(each))
        bom.register_dependency(bom.metadata.component, [_component(each)])
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _component(package: Package) -> Component:
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.sha256]
    if package.sha512:
        hashes.append(HashType(alg=HashAlgorithm.SHA_512, content=package.sha512))
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=package.purl,
        bom_ref=str(package.purl),
        hashes=hashes,
        licenses=[DisjunctiveLicense(name=package.licence)] if package.licence else [],
    )
