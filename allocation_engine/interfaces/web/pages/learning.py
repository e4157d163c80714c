"""Learning."""

from fastapi import APIRouter

router = APIRouter()
