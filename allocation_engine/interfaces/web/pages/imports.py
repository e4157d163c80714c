"""Import."""

from fastapi import APIRouter

router = APIRouter()
