"""The record."""

from fastapi import APIRouter

router = APIRouter()
