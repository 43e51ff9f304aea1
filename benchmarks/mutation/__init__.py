"""Mutation testing of the modules that security and durability rest on: do their tests notice when they are broken?"""
