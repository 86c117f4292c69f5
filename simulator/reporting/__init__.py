"""Showing what a run holds: tables for people, JSON for programs."""
