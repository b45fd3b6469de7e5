"""The Telegram channel, on python-telegram-bot.

`updates` says what an update means, `store` remembers chats, buttons and updates, `worker` takes each update through
once, `responses` decides on the replies, `messages` and `keyboards` put them into Telegram's form, `sending` delivers
them, `polling` and `channel` fetch or receive updates, `staff` delivers what staff answered. Nothing here knows facts.
"""
