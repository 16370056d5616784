// The table of error codes: name, kind and wording of each, and what its page of documentation says, in the order of the
// enumeration.
#include "plimsoll/error.hpp"

#include <array>
#include <cstddef>

namespace plimsoll {
namespace {

constexpr ErrorKind malformed = ErrorKind::malformed;
constexpr ErrorKind invalid = ErrorKind::invalid;
constexpr ErrorKind limit = ErrorKind::limit;
constexpr ErrorKind resource = ErrorKind::resource;

constexpr std::array error_rows = {
    ErrorRow{ErrorCode::unexpected_end, "unexpected_end", malformed, "unexpected end", "5.5 Modules",
             "The bytes end inside the preamble, or inside a section's header.",
             "The file is cut off, or is no module at all. Compare its size with what the producer wrote, and fetch it "
             "again."},
    ErrorRow{ErrorCode::unexpected_end_of_section, "unexpected_end_of_section", malformed,
             "unexpected end of section or function", "5.5 Modules",
             "An entry of a section, or an instruction of a body, goes on behind the end of the section or body.",
             "Either the size in front is too small or a count or an immediate inside is too large. Look at the size "
             "of the section that the offset is in."},
    ErrorRow{ErrorCode::bad_magic, "bad_magic", malformed, "magic header not detected", "5.5 Modules",
             "The file does not begin with the four bytes 00 61 73 6d.",
             "This is no WebAssembly in its binary format. Text format has to be assembled first; what came over the "
             "network may be packed, or be an error page."},
    ErrorRow{ErrorCode::unknown_version, "unknown_version", malformed, "unknown binary version", "5.5 Modules",
             "The version behind the magic is not 1, the only one there is.",
             "The file is damaged or is of an experiment of before 2017. Produce it again with a current tool."},
    ErrorRow{ErrorCode::component, "component", malformed,
             "unknown binary version: this is a component, not a core module", "5.5 Modules",
             "The version says that this is a component, not a core module.",
             "Give the core module inside it, or use a loader for components."},
    ErrorRow{ErrorCode::bad_section_id, "bad_section_id", malformed, "malformed section id", "5.5 Modules",
             "A section has an id that the specification does not know.",
             "Mostly the size of the section before is wrong, so that this byte is no id. Otherwise the producer uses "
             "a proposal that this version does not know."},
    ErrorRow{ErrorCode::section_out_of_order, "section_out_of_order", malformed,
             "unexpected content after last section", "5.5 Modules",
             "A section stands behind one that must come later, or stands there twice. Custom sections may stand "
             "anywhere; the tag section stands between memories and globals, the data count before the code.",
             "Let the producer write the sections in the order of the specification, each once."},
    ErrorRow{ErrorCode::section_size_mismatch, "section_size_mismatch", malformed, "section size mismatch",
             "5.5 Modules", "The content of a section or body ends before the size in front of it says.",
             "The size is too large, or a count inside is too small. Expected is how many bytes the content takes, "
             "found what the size says."},
    ErrorRow{ErrorCode::length_out_of_bounds, "length_out_of_bounds", malformed, "length out of bounds",
             "5.1 Conventions", "A length or a count is larger than the bytes that are left.",
             "The number is damaged, or the file is cut off. An entry takes a byte at least, so no count can be larger "
             "than what is left."},
    ErrorRow{ErrorCode::integer_too_long, "integer_too_long", malformed, "integer representation too long",
             "5.2 Values", "An integer in LEB128 takes more bytes than its type may: five for 32 bits, ten for 64.",
             "Write the number in its shortest form, or pad it to no more than the longest form allowed. Offsets and "
             "sizes of 64 bits need memory64."},
    ErrorRow{ErrorCode::integer_too_large, "integer_too_large", malformed, "integer too large", "5.2 Values",
             "The last byte of an integer in LEB128 has bits set that its type has no room for.",
             "The number is too large for its type, or a signed number was not extended by its sign. Offsets and sizes "
             "of 64 bits need memory64."},
    ErrorRow{ErrorCode::bad_utf8, "bad_utf8", malformed, "malformed UTF-8 encoding", "5.2 Values",
             "A name is not well-formed UTF-8. The offset is that of the first byte of the sequence that is wrong.",
             "Encode names in UTF-8, without surrogates and overlong forms. If all of it looks wrong, the name's "
             "length may be."},
    ErrorRow{ErrorCode::bad_import_kind, "bad_import_kind", malformed, "malformed import kind", "5.5 Modules",
             "The kind of an import is not one of function, table, memory, global and tag.",
             "Look at the two names before: if a length there is wrong, the kind is read from the wrong place."},
    ErrorRow{ErrorCode::bad_export_kind, "bad_export_kind", malformed, "malformed export kind", "5.5 Modules",
             "The kind of an export is not one of function, table, memory, global and tag.",
             "Look at the name before: if its length is wrong, the kind is read from the wrong place."},
    ErrorRow{ErrorCode::bad_mutability, "bad_mutability", malformed, "malformed mutability", "5.3 Types",
             "The byte that says whether a global or field can change is neither 0 nor 1.",
             "Write 0 for const and 1 for var."},
    ErrorRow{ErrorCode::bad_limits_flags, "bad_limits_flags", malformed, "malformed limits flags", "5.3 Types",
             "The flags of a memory's or table's limits have a bit set that has no meaning.",
             "Bit 0 is a maximum, bit 1 shared, bit 2 64-bit addresses, bit 3 a page size. Shared memories, 64-bit "
             "addresses and page sizes are features."},
    ErrorRow{
        ErrorCode::bad_reference_type, "bad_reference_type", malformed, "malformed reference type", "5.3 Types",
        "A byte stands where a value type or reference type should, and is none.",
        "Look at what stands before: a count that is wrong makes the types that follow be read from the wrong place."},
    ErrorRow{ErrorCode::bad_heap_type, "bad_heap_type", malformed, "malformed heap type", "5.3 Types",
             "A negative number stands where a heap type should, and is none of the abstract ones.",
             "Write a type index, or the byte of an abstract heap type."},
    ErrorRow{ErrorCode::bad_definition_type, "bad_definition_type", malformed, "malformed definition type", "5.3 Types",
             "An entry of the type section begins with a byte that begins no type.",
             "A function type begins with 60, a struct type with 5f, an array type with 5e, a sub type with 50 or 4f, "
             "a group with 4e."},
    ErrorRow{ErrorCode::bad_block_type, "bad_block_type", malformed, "malformed block type", "5.4 Instructions",
             "A block type is a negative number that is no value type.",
             "Write 40 for a block without parameters and results, the byte of a value type, or a type index as a "
             "signed number."},
    ErrorRow{ErrorCode::bad_element_kind, "bad_element_kind", malformed, "malformed element kind", "5.5 Modules",
             "The element kind of an element segment is not 0.",
             "Write 0, for functions, or use a form of segment that has a reference type in its place."},
    ErrorRow{ErrorCode::bad_element_flags, "bad_element_flags", malformed, "malformed elements segment kind",
             "5.5 Modules", "The number in front of an element segment is above 7.",
             "Bit 0 makes it passive or declarative, bit 1 gives a table or makes it declarative, bit 2 gives "
             "expressions for indices."},
    ErrorRow{ErrorCode::bad_data_flags, "bad_data_flags", malformed, "malformed data segment kind", "5.5 Modules",
             "The number in front of a data segment is above 2.",
             "0 is active, 1 passive, 2 active with a memory index."},
    ErrorRow{ErrorCode::bad_memory_flags, "bad_memory_flags", malformed, "malformed memop flags", "5.4 Instructions",
             "The alignment of a load or store is 2 to the power of 64 or more, or it says that a memory index follows "
             "and multi-memory is off.",
             "Write the exponent of the alignment, and add 40 only if a memory index follows."},
    ErrorRow{
        ErrorCode::bad_cast_flags, "bad_cast_flags", malformed, "malformed br_on_cast flags", "5.4 Instructions",
        "The flags of br_on_cast or br_on_cast_fail have other bits set than the two that make the types nullable.",
        "Bit 0 is the nullability of the source type, bit 1 that of the target type."},
    ErrorRow{ErrorCode::bad_catch, "bad_catch", malformed, "malformed catch clause", "5.4 Instructions",
             "A clause of a try_table begins with a byte above 3.",
             "0 is catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref."},
    ErrorRow{ErrorCode::bad_handler, "bad_handler", malformed, "malformed on clause", "stack switching", "A handler of a resume begins with a byte above 1.", "0 is a tag and a label, 1 a tag for switches."},
    ErrorRow{ErrorCode::bad_ordering, "bad_ordering", malformed, "malformed memory ordering", "shared-everything threads", "The memory ordering of an atomic access is none, or not the same for its read and its write.", "0 is sequentially consistent, 1 acquire and release; what reads and writes says it in both halves of the byte: 00 or 11."},
    ErrorRow{ErrorCode::zero_byte_expected, "zero_byte_expected", malformed, "zero byte expected", "5.4 Instructions",
             "A byte that is kept for later use is not 0: in a tag, a table with an initial value, a fence, or where "
             "an index may stand only when a feature is on.",
             "Write 0, or turn on the feature that gives the byte a meaning: multi-memory for a memory index, "
             "reference-types for a table index."},
    ErrorRow{ErrorCode::illegal_opcode, "illegal_opcode", malformed, "illegal opcode", "5.4 Instructions",
             "The bytes are no instruction that this version knows.",
             "Mostly an immediate before is wrong, so that this byte is no opcode. Otherwise the producer uses a "
             "proposal that this version does not know."},
    ErrorRow{ErrorCode::end_expected, "end_expected", malformed, "END opcode expected", "5.4 Instructions",
             "A function body ends before the end of all its blocks, or a handler stands outside of a try.",
             "Every block, loop, if, try and try_table needs an end, and so does the function. The size of the body "
             "may be too small."},
    ErrorRow{ErrorCode::unexpected_else, "unexpected_else", malformed, "misplaced ELSE opcode", "5.4 Instructions",
             "There is an else that belongs to no if.", "An if may have one else; other blocks have none."},
    ErrorRow{ErrorCode::too_many_locals, "too_many_locals", malformed, "too many locals", "5.5 Modules",
             "A function declares 2 to the power of 32 locals or more.", "Declare fewer. Mostly the count is damaged."},
    ErrorRow{ErrorCode::function_code_mismatch, "function_code_mismatch", malformed,
             "function and code section have inconsistent lengths", "5.5 Modules",
             "The function section and the code section do not have the same number of entries. A section that is "
             "missing has none.",
             "Give each function of the function section a body, in the same order."},
    ErrorRow{
        ErrorCode::data_count_mismatch, "data_count_mismatch", malformed,
        "data count and data section have inconsistent lengths", "5.5 Modules",
        "The data count section says another number than the data section has entries.",
        "Let the producer count again, or leave the data count section out where no instruction names a data segment."},
    ErrorRow{ErrorCode::data_count_required, "data_count_required", malformed, "data count section required",
             "5.5 Modules", "An instruction names a data segment, and the module has no data count section.",
             "Write a data count section, between element section and code section."},
    ErrorRow{ErrorCode::type_mismatch, "type_mismatch", invalid, "type mismatch", "3.4 Instructions",
             "An operand, a result or an initial value does not have the type that is expected there.",
             "Look at what the instruction takes, bottom first, and what stands on the stack; `found nothing` means "
             "that the block has no more operands of its own, `expected nothing` that some are left over at its end."},
    ErrorRow{ErrorCode::constant_required, "constant_required", invalid, "constant expression required",
             "3.4 Instructions", "An instruction stands in a constant expression that may not stand there.",
             "Initial values, offsets and items of segments are made of constants, global.get of immutable globals, "
             "ref.func and ref.null; of add, sub and mul with extended-const; of the instructions that make structs "
             "and arrays with gc."},
    ErrorRow{ErrorCode::unknown_type, "unknown_type", invalid, "unknown type", "3.1 Conventions",
             "There is no type with this index, or not yet: a type names types of its own group and of groups before.",
             "Look at the index and at how many types there are. Types that name each other stand in one rec group, "
             "which is of gc."},
    ErrorRow{ErrorCode::unknown_function, "unknown_function", invalid, "unknown function", "3.1 Conventions",
             "There is no function with this index. Imported functions count, and come first.",
             "Look at the index and at how many functions there are."},
    ErrorRow{ErrorCode::unknown_table, "unknown_table", invalid, "unknown table", "3.1 Conventions",
             "There is no table with this index. Imported tables count, and come first.",
             "Declare or import a table; tools leave it out when they find no use of it."},
    ErrorRow{ErrorCode::unknown_memory, "unknown_memory", invalid, "unknown memory", "3.1 Conventions",
             "There is no memory with this index. Imported memories count, and come first.",
             "Declare or import a memory; tools leave it out when they find no use of it."},
    ErrorRow{ErrorCode::unknown_global, "unknown_global", invalid, "unknown global", "3.1 Conventions",
             "There is no global with this index, or a constant expression cannot see it: it sees imported globals, "
             "and with gc those before it.",
             "Look at the index and at how many globals there are, and put globals that others need first."},
    ErrorRow{ErrorCode::unknown_tag, "unknown_tag", invalid, "unknown tag", "3.1 Conventions",
             "There is no tag with this index. Imported tags count, and come first.",
             "Look at the index and at how many tags there are."},
    ErrorRow{ErrorCode::unknown_local, "unknown_local", invalid, "unknown local", "3.1 Conventions",
             "There is no local with this index. Parameters count, and come first.",
             "Look at the index, and at how many parameters and locals the function has."},
    ErrorRow{ErrorCode::unknown_label, "unknown_label", invalid, "unknown label", "3.1 Conventions",
             "A branch goes further out than there are blocks around it. The function itself is the outermost.",
             "Labels count from the innermost block, 0, outwards."},
    ErrorRow{ErrorCode::unknown_data, "unknown_data", invalid, "unknown data segment", "3.1 Conventions",
             "There is no data segment with this index.", "Look at the index and at the data count section."},
    ErrorRow{ErrorCode::unknown_element, "unknown_element", invalid, "unknown elem segment", "3.1 Conventions",
             "There is no element segment with this index.",
             "Look at the index and at how many element segments there are."},
    ErrorRow{ErrorCode::unknown_field, "unknown_field", invalid, "unknown field", "3.4 Instructions",
             "A struct type has no field with this index.",
             "Look at the index and at how many fields the type has, those of its supertype among them."},
    ErrorRow{ErrorCode::uninitialized_local, "uninitialized_local", invalid, "uninitialized local", "3.4 Instructions",
             "A local of a type without a default value is read before it was given one. What was given inside a block "
             "counts until the block's end.",
             "Give it a value before, in the same block or around it, or make its type nullable."},
    ErrorRow{ErrorCode::undeclared_function, "undeclared_function", invalid, "undeclared function reference",
             "3.4 Instructions", "A body has ref.func of a function that is named nowhere outside of bodies.",
             "Name the function in an export, a global or an element segment; a declarative one is for this."},
    ErrorRow{ErrorCode::duplicate_export, "duplicate_export", invalid, "duplicate export name", "3.5 Modules",
             "Two exports have the same name. The offset is that of the second.",
             "Give each export a name of its own."},
    ErrorRow{ErrorCode::start_function, "start_function", invalid, "start function must not have parameters or results",
             "3.5 Modules", "The start function takes parameters or gives results.",
             "Name a function of type [] -> [], which may call the other one."},
    ErrorRow{ErrorCode::tag_results, "tag_results", invalid, "non-empty tag result type", "3.2 Types",
             "The type of a tag has results.",
             "Use a function type with parameters only; they are what an exception carries. Tags with results are of "
             "stack-switching."},
    ErrorRow{ErrorCode::not_function_type, "not_function_type", invalid, "unknown type: not a function type",
             "3.4 Instructions", "A function type is needed, and the type with this index is another kind.",
             "Name a function type."},
    ErrorRow{ErrorCode::not_struct_type, "not_struct_type", invalid, "unknown type: not a struct type",
             "3.4 Instructions", "A struct type is needed, and the type with this index is another kind.",
             "Name a struct type."},
    ErrorRow{ErrorCode::not_array_type, "not_array_type", invalid, "unknown type: not an array type",
             "3.4 Instructions", "An array type is needed, and the type with this index is another kind.",
             "Name an array type."},
    ErrorRow{ErrorCode::supertype_mismatch, "supertype_mismatch", invalid, "sub type does not match its super type",
             "3.2 Types",
             "A sub type is not made as its supertype is: another kind, fewer fields, a field or result that does not "
             "match, a parameter that is narrower.",
             "Begin with the fields of the supertype. Fields that can change keep their type; others, and results, may "
             "become narrower; parameters may become wider."},
    ErrorRow{ErrorCode::supertype_final, "supertype_final", invalid, "sub type has a final super type", "3.2 Types",
             "A type is declared under a final one. Types are final unless they say otherwise.",
             "Declare the supertype as a sub type that is not final."},
    ErrorRow{ErrorCode::too_many_supertypes, "too_many_supertypes", invalid, "sub type has more than one super type",
             "3.2 Types", "A sub type names more than one supertype.", "Name one or none."},
    ErrorRow{ErrorCode::bad_alignment, "bad_alignment", invalid, "alignment must not be larger than natural",
             "3.4 Instructions", "A load or store promises a larger alignment than the number of bytes it moves.",
             "Write an exponent that is at most the natural one: 2 for four bytes, 3 for eight."},
    ErrorRow{ErrorCode::atomic_alignment, "atomic_alignment", invalid, "atomic alignment must be natural",
             "threads proposal", "An atomic access has another alignment than the number of bytes it moves.",
             "Write just the natural exponent: 2 for four bytes, 3 for eight."},
    ErrorRow{ErrorCode::offset_out_of_range, "offset_out_of_range", invalid, "offset out of range", "3.4 Instructions",
             "The offset of a load or store is beyond the addresses of its memory, which are of 32 bits.",
             "Add the excess to the address instead, or make the memory a 64-bit one."},
    ErrorRow{ErrorCode::bad_lane, "bad_lane", invalid, "invalid lane index", "3.4 Instructions",
             "A vector instruction names a lane that the vector does not have.",
             "Lanes count from 0: 16 of i8, 8 of i16, 4 of i32 and f32, 2 of i64 and f64; a shuffle chooses from 32."},
    ErrorRow{ErrorCode::bad_select_arity, "bad_select_arity", invalid, "invalid result arity", "3.4 Instructions",
             "A select with types has none, or more than one.", "Give it one type."},
    ErrorRow{ErrorCode::immutable_global, "immutable_global", invalid, "immutable global", "3.4 Instructions",
             "A body sets a global that cannot change.",
             "Declare it with mutability 1, or keep the value somewhere else."},
    ErrorRow{ErrorCode::immutable_field, "immutable_field", invalid, "immutable field", "3.4 Instructions",
             "A body sets a field that cannot change.",
             "Declare the field with mutability 1, or set it when the struct is made."},
    ErrorRow{ErrorCode::immutable_array, "immutable_array", invalid, "immutable array", "3.4 Instructions",
             "A body sets elements of an array whose elements cannot change.",
             "Declare the element with mutability 1, or set it when the array is made."},
    ErrorRow{ErrorCode::packed_field, "packed_field", invalid, "type mismatch: field is packed", "3.4 Instructions",
             "A field or element of i8 or i16 is read without saying how to extend it.",
             "Use the form of the instruction that ends in _s or _u."},
    ErrorRow{ErrorCode::unpacked_field, "unpacked_field", invalid, "type mismatch: field is unpacked",
             "3.4 Instructions", "A field or element is read with a sign and is neither i8 nor i16.",
             "Use the form of the instruction without _s or _u."},
    ErrorRow{ErrorCode::not_defaultable, "not_defaultable", invalid, "field type is not defaultable",
             "3.4 Instructions", "A struct or array is to be made with default values, and has a type without one.",
             "Make the type nullable, or give the values."},
    ErrorRow{ErrorCode::array_not_numeric, "array_not_numeric", invalid, "array type is not numeric or vector",
             "3.4 Instructions", "An array is to be filled from a data segment and is one of references.",
             "Use an element segment."},
    ErrorRow{ErrorCode::array_types_mismatch, "array_types_mismatch", invalid, "array types do not match",
             "3.4 Instructions",
             "One array is to be copied into another whose element type does not take its elements.",
             "Copy between arrays of the same element type, or into one of a supertype of references."},
    ErrorRow{ErrorCode::limits_order, "limits_order", invalid, "size minimum must not be greater than maximum",
             "3.2 Types", "The minimum size of a memory or table is larger than its maximum.",
             "Exchange the two, or leave the maximum out."},
    ErrorRow{ErrorCode::memory_size, "memory_size", invalid, "memory size must be at most 65536 pages (4GiB)",
             "3.2 Types", "A memory's size goes beyond its addresses.",
             "Sizes are counted in pages of 64 KiB, unless the memory says otherwise: 65,536 of them with 32-bit "
             "addresses."},
    ErrorRow{ErrorCode::page_size, "page_size", invalid, "invalid custom page size", "custom-page-sizes proposal",
             "A memory says a page size other than 1 byte and 64 KiB.",
             "Write 0 or 16, the exponents of the two that are allowed."},
    ErrorRow{ErrorCode::table_size, "table_size", invalid, "table size must be at most 2^32-1", "3.2 Types",
             "A table's size goes beyond its addresses.",
             "A table with 32-bit addresses has fewer than 2 to the power of 32 entries."},
    ErrorRow{ErrorCode::shared_without_maximum, "shared_without_maximum", invalid, "shared memory must have maximum",
             "threads proposal", "A memory is shared and has no maximum.",
             "Write a maximum: shared memories cannot be moved when they grow."},
    ErrorRow{ErrorCode::multiple_memories, "multiple_memories", invalid, "multiple memories", "3.5 Modules",
             "There is a second memory, and multi-memory is off.", "Turn on multi-memory, or use one memory."},
    ErrorRow{ErrorCode::multiple_tables, "multiple_tables", invalid, "multiple tables", "3.5 Modules",
             "There is a second table, and reference-types is off.", "Turn on reference-types, or use one table."},
    ErrorRow{ErrorCode::bad_rethrow, "bad_rethrow", invalid, "invalid rethrow label", "legacy exceptions",
             "A rethrow names a block that is no handler.",
             "Its label must be a try, seen from inside of one of its handlers."},
    ErrorRow{ErrorCode::bad_delegate, "bad_delegate", invalid, "delegate must end a try", "legacy exceptions",
             "A delegate ends a block that is no try, or one that has handlers.",
             "A try has either handlers and an end, or a delegate in place of both."},
    ErrorRow{ErrorCode::descriptor_outside_group, "descriptor_outside_group", invalid, "descriptor type is outside rec group", "custom descriptors", "The descriptor clause of a type names a type of another rec group, or none.", "Put the type and its descriptor into one rec group."},
    ErrorRow{ErrorCode::described_outside_group, "described_outside_group", invalid, "described type is outside rec group", "custom descriptors", "The describes clause of a type names a type of another rec group.", "Put the type and its descriptor into one rec group."},
    ErrorRow{ErrorCode::described_forward, "described_forward", invalid, "forward use of described type", "custom descriptors", "The describes clause of a type names that type itself or one that comes later.", "Define the described type before its descriptor."},
    ErrorRow{ErrorCode::descriptor_not_struct, "descriptor_not_struct", invalid, "descriptor type must be a struct", "custom descriptors", "A type that is no struct has a descriptor clause.", "Only structs can have descriptors."},
    ErrorRow{ErrorCode::described_not_struct, "described_not_struct", invalid, "described type must be a struct", "custom descriptors", "A type that is no struct has a describes clause.", "Only structs can describe types."},
    ErrorRow{ErrorCode::descriptor_mismatch, "descriptor_mismatch", invalid, "type is not described by its descriptor", "custom descriptors", "The type that a descriptor clause names does not describe this one, or one of the two is shared.", "Give the descriptor a describes clause with the index of this type."},
    ErrorRow{ErrorCode::described_mismatch, "described_mismatch", invalid, "described type is not described by descriptor", "custom descriptors", "The type that a describes clause names has another descriptor or none, or one of the two is shared.", "Give the described type a descriptor clause with the index of this type."},
    ErrorRow{ErrorCode::descriptor_required, "descriptor_required", invalid, "type with descriptor requires descriptor allocation", "custom descriptors", "struct.new or struct.new_default makes a struct whose type has a descriptor.", "Use struct.new_desc or struct.new_default_desc and give the descriptor."},
    ErrorRow{ErrorCode::descriptor_superfluous, "descriptor_superfluous", invalid, "type without descriptor requires non-descriptor allocation", "custom descriptors", "struct.new_desc or struct.new_default_desc makes a struct whose type has no descriptor.", "Use struct.new or struct.new_default."},
    ErrorRow{ErrorCode::no_descriptor, "no_descriptor", invalid, "type without descriptor", "custom descriptors", "An instruction asks for the descriptor of a type that has none.", "Name a struct type with a descriptor clause."},
    ErrorRow{ErrorCode::not_continuation_type, "not_continuation_type", invalid, "unknown type: not a continuation type", "stack switching", "An instruction for continuations names a type that is none.", "Name a type that begins with 5d."},
    ErrorRow{ErrorCode::bad_cast_target, "bad_cast_target", invalid, "type mismatch: continuations cannot be cast", "stack switching", "The target of a test, cast or branching cast is a type of continuations.", "Keep the static type of a continuation; it cannot be found out at run time."},
    ErrorRow{ErrorCode::unshared_component, "unshared_component", invalid, "shared type with a part that is not shared", "shared-everything threads", "A shared type, table or global holds references to what is not shared.", "Make the type it refers to shared too."},
    ErrorRow{ErrorCode::unshared_access, "unshared_access", invalid, "shared function uses something that is not shared", "shared-everything threads", "A shared function names a global, table, memory, function, tag or type that is not shared, or has a local of such a type.", "Make it shared, or the function not."},
    ErrorRow{ErrorCode::bad_atomic_type, "bad_atomic_type", invalid, "type mismatch: no atomic access to this type", "shared-everything threads", "There is no such atomic access to what is of this type.", "Integers have all of them, references below any can be read, written and exchanged, those below eq compared too; packed fields can be read and written."},
    ErrorRow{ErrorCode::feature_required, "feature_required", ErrorKind::feature, "feature is off", "",
             "The module uses a feature that is off: the instruction, type or section at the offset is of it.",
             "Turn the feature on, if what runs the module has it, or tell the compiler not to use it."},
    ErrorRow{ErrorCode::limit_module_size, "limit_module_size", limit, "module is larger than the limit",
             "appendix: Implementation Limitations", "The module is larger than the limit.",
             "Raise the limit (Limits::module_size); it can be no larger than 4 GiB."},
    ErrorRow{ErrorCode::limit_count, "limit_count", limit, "count is larger than the limit",
             "appendix: Implementation Limitations", "There are more of something than the limit allows.",
             "The limits are those of the JavaScript API, which every browser shares. Raise the one in question "
             "(Limits) if the module is for elsewhere."},
    ErrorRow{ErrorCode::limit_body_size, "limit_body_size", limit, "function body is larger than the limit",
             "appendix: Implementation Limitations", "A function body is longer than the limit.",
             "Split the function: no browser takes it. Elsewhere, raise Limits::body_size."},
    ErrorRow{ErrorCode::limit_locals, "limit_locals", limit, "too many locals", "appendix: Implementation Limitations",
             "A function has more parameters and locals than the limit.",
             "Split the function: no browser takes it. Elsewhere, raise Limits::locals."},
    ErrorRow{ErrorCode::limit_subtype_depth, "limit_subtype_depth", limit, "sub type hierarchy is too deep",
             "appendix: Implementation Limitations", "A type has more supertypes above it than the limit.",
             "Make the hierarchy flatter, or raise Limits::subtype_depth."},
    ErrorRow{ErrorCode::out_of_memory, "out_of_memory", resource, "out of memory", "",
             "The memory resource of the load had no more. Nothing is said about the module.",
             "Give the load more memory: with the default limits it takes at most 8 bytes per byte of the module and 1 "
             "MiB."},
    ErrorRow{ErrorCode::cannot_open, "cannot_open", resource, "cannot open file", "",
             "The file could not be opened; the operating system says why.",
             "Look at the path and at the permissions."},
    ErrorRow{ErrorCode::cannot_map, "cannot_map", resource, "cannot map file", "",
             "The file could not be mapped into memory; the operating system says why.",
             "Read it into a buffer instead, or free address space."},
    ErrorRow{ErrorCode::not_a_file, "not_a_file", resource, "not a regular file", "",
             "The path leads to a folder, a pipe or a device.",
             "Name a regular file; give a pipe to the command as `-`."},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < error_rows.size(); ++i)
    if (static_cast<std::size_t>(error_rows[i].code) != i) return false;
  return error_rows.size() == static_cast<std::size_t>(ErrorCode::not_a_file) + 1;
}
static_assert(in_order(), "one row per code, in the order of the enumeration");

constexpr const ErrorRow& row_of(ErrorCode code) noexcept { return error_rows[static_cast<std::size_t>(code)]; }

}  // namespace

std::span<const ErrorRow> error_table() noexcept { return error_rows; }

ErrorKind kind(ErrorCode code) noexcept { return row_of(code).kind; }
std::string_view name(ErrorCode code) noexcept { return row_of(code).name; }
std::string_view message(ErrorCode code) noexcept { return row_of(code).message; }

}  // namespace plimsoll
