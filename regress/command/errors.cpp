// `plimsoll errors [CODE...]`: which errors there are, and the page of each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "command/error_pages.hpp"
#include "command/failure.hpp"
#include "command/figures.hpp"
#include "command/subcommands.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

struct ErrorsArguments {
  std::vector<std::string> codes;
  std::string folder;
  bool json = false;
};

std::string index_json() {
  auto array = nlohmann::ordered_json::array();
  for (const ErrorRow& row : error_table()) {
    array.push_back({{"code", row.name},
                     {"kind", kind_name(row.kind)},
                     {"message", row.message},
                     {"specification", row.specification},
                     {"meaning", row.meaning},
                     {"mend", row.mend}});
  }
  return array.dump(2) + "\n";
}

bool write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  complain(path.string(), "cannot write it");
  return false;
}

int write_pages(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    complain(folder.string(), printable(error.message()));
    return exit_rejected;
  }
  bool good = write(folder / "index.md", error_index(PageForm::markdown));
  for (const ErrorRow& row : error_table())
    good = good && write(folder / (std::string(row.name) + ".md"), error_page(row, PageForm::markdown));
  return good ? exit_ok : exit_rejected;
}

int run(const ErrorsArguments& arguments) {
  for (const std::string& code : arguments.codes)
    if (find_error(code) == nullptr)
      throw CLI::ValidationError("CODE", fmt::format("there is no error '{}'", printable(code)));
  if (!arguments.folder.empty()) return write_pages(arguments.folder);
  if (arguments.json) {
    fmt::print("{}", index_json());
    return exit_ok;
  }
  if (arguments.codes.empty()) fmt::print("{}", error_index(PageForm::text));
  for (std::size_t i = 0; i < arguments.codes.size(); ++i)
    fmt::print("{}{}", i == 0 ? "" : "\n", error_page(*find_error(arguments.codes[i]), PageForm::text));
  return exit_ok;
}

}  // namespace

void add_errors(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ErrorsArguments>();
  CLI::App* command = app.add_subcommand("errors", "List the errors, or explain each CODE");
  command->add_option("CODE", arguments->codes, "Codes, as --json of other commands has them")->type_name("");
  CLI::Option* markdown =
      command->add_option("--markdown", arguments->folder, "Write a page for each code, and index.md, into a folder")
          ->type_name("DIR");
  command->add_flag("--json", arguments->json, "Print one JSON array, an object a code")->excludes(markdown);
  command->footer(
      "Without a CODE: a line for each, with its kind and wording. With one: what it means, which section of the\n"
      "specification has the rule, how to mend it, an example and what is printed for it.\n\n"
      "Example:\n  plimsoll errors type_mismatch");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
