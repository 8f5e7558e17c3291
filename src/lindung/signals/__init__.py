"""Early warning: rules that read what people tell us, the alerts they raise, and how right they were."""
