"""Whether there is a way out of this computer, for layers that do not speak HTTP; light to import."""

from ..net.route import has_route as has_route
