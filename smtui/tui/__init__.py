"""The screens: everything that knows Textual, and nothing else does.

`app` holds the program together, `keys` declares every key once, `bridge` takes a key press to a blocking call,
`session` is the time between unlock and lock. A thing that fills the terminal goes to `screens/`, a question with an
answer to `dialogs/`, a part that only knows data to `widgets/`. A style sheet lies beside the screen it dresses.
Nothing here may import `smtui.engine` or `smtui.vault`.
"""
