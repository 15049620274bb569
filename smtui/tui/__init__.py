"""The screens: everything that knows Textual, and nothing else does.

Here lies the frame: `app` holds the program together, `keys` declares every key once, `bridge` takes a key press to a
blocking call, `session` is the time between unlock and lock. Each place a person can go to has a folder with its
screen, forms, dialogs, text and model together. What two places share goes to `dialogs` (a question with an answer) or
`widgets` (a part that only knows data). A style sheet lies beside the screen it dresses.
Nothing here may import `smtui.engine` or `smtui.vault`.
"""
