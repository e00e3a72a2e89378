"""The pieces of the HTML page: each function gives one section, built of tags that escape what they hold."""
