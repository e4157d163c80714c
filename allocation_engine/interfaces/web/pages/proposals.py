"""Proposals."""

from fastapi import APIRouter

router = APIRouter()
