"""What makes a bad line bearable: files that go on where they were cut, pages sent again until they arrive."""
