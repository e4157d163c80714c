"""Policy."""

from fastapi import APIRouter

router = APIRouter()
