"""The connections that models are asked through, for whoever keeps them open."""

from ..net.http import Http as Http
