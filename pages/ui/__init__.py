"""What every page is drawn with. Only `state` touches the session, only `cached` remembers answers."""
