"""Rasa graph components: sentence vectors and the classifier of dialogue acts. Only they and bot.runtime know Rasa."""
