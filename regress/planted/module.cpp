#include "planted/module.hpp"

namespace plimsoll::regress::planted {

Module::Module() noexcept = default;
Module::Module(const Module& other) = default;
Module::Module(Module&& other) noexcept = default;
Module& Module::operator=(const Module& other) = default;
Module& Module::operator=(Module&& other) noexcept = default;
Module::~Module() = default;

}  // namespace plimsoll::regress::planted
