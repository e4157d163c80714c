"""Alerts."""

from fastapi import APIRouter

router = APIRouter()
