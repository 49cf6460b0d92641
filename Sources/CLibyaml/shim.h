// libyaml as it is: Swift can call all of it.
#pragma once

#include <yaml.h>
