;; Nothing of its own.
