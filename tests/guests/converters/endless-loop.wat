(func $misbehave (loop $for (br $for)))
