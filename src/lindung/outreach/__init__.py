"""Words to and from people, over any channel, under the rules of safe contact."""
