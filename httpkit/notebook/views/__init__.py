"""How each kind of object looks: `html(object)` in a notebook, `text(object)` in a terminal."""
