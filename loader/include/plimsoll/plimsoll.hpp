// Plimsoll: a WebAssembly loader that never copies a module. This header includes the whole public interface.
#pragma once

#include "plimsoll/bytes.hpp"
#include "plimsoll/custom_sections.hpp"
#include "plimsoll/custom_warnings.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/instruction_reader.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/limits.hpp"
#include "plimsoll/load.hpp"
#include "plimsoll/module.hpp"
#include "plimsoll/names.hpp"
#include "plimsoll/types.hpp"
#include "plimsoll/version.hpp"
