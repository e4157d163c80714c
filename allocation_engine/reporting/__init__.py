"""What is told of practice: one file a report, read from the views with posts, accounts and policy beside them.

Each gives a frozen result for a command, a page or a program; `posts` says who is in which post.
"""
