"""Waiting cases, and who could take one."""

from fastapi import APIRouter

router = APIRouter()
