# Settings from the environment. Read it with: . ./env.sh

# For every class that has the field.
export PYNENC__REDIS_HOST=redis.staging.internal

# For one class.
export PYNENC__CONFIGORCHESTRATORREDIS__REDIS_DB=3

# A secret: its value, or better the path of a file that holds it.
export PYNENC__REDIS_PASSWORD_FILE=/run/secrets/redis_password

# A file for every class.
export PYNENC__FILEPATH=docs/examples/pynenc.yaml

# One task, shop.send_mail: the dot of its id is written as two underscores.
export PYNENC__CONFIGTASK__SHOP__SEND_MAIL__MAX_RETRIES=7
