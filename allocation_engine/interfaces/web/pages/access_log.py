"""Who read what."""

from fastapi import APIRouter

router = APIRouter()
