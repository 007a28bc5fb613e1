using Moderation.MediaHash.Banks;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

public sealed class BankEntryRulesTests
{
    private static readonly BankEntry Good = new(
        new BankEntryKey("known-spam", "Src:1_a.b-c"), HarmCategory.FraudSpam, HashKind.Md5, new string('F', 32), "", "", "me",
        DateTimeOffset.UnixEpoch);

    public static TheoryData<string, BankEntry> Bad => new()
    {
        { "entry.bank_id", Good with { Key = Good.Key with { BankId = "" } } },
        { "entry.bank_id", Good with { Key = Good.Key with { BankId = "Upper" } } },
        { "entry.bank_id", Good with { Key = Good.Key with { BankId = new string('a', 65) } } },
        { "entry.entry_id", Good with { Key = Good.Key with { EntryId = "" } } },
        { "entry.entry_id", Good with { Key = Good.Key with { EntryId = "a/b" } } },
        { "entry.entry_id", Good with { Key = Good.Key with { EntryId = new string('a', 129) } } },
        { "entry.category", Good with { Category = HarmCategory.Unspecified } },
        { "entry.category", Good with { Category = (HarmCategory)77 } },
        { "entry.kind", Good with { Kind = HashKind.Unspecified } },
        { "entry.kind", Good with { Kind = (HashKind)9 } },
        { "entry.value", Good with { Value = "" } },
        { "entry.value", Good with { Value = new string('g', 32) } },
        { "entry.value", Good with { Value = new string('a', 64) } },
        { "entry.value", Good with { Kind = HashKind.Pdq } },
        { "entry.source", Good with { Source = new string('s', 201) } },
        { "entry.note", Good with { Note = new string('n', 1001) } },
    };

    [Fact]
    public void Check_good_entry_has_no_errors() => Assert.Empty(BankEntryRules.Check(Good, "entry."));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Check_one_bad_field_names_it(string field, BankEntry entry) =>
        Assert.Equal(field, Assert.Single(BankEntryRules.Check(entry, "entry.")).Field);

    [Fact]
    public void Check_several_bad_fields_names_all() =>
        Assert.Equal(
            ["bank_id", "entry_id", "category", "value", "note"],
            BankEntryRules.Check(
                new BankEntry(new BankEntryKey("", ""), 0, HashKind.Pdq, "zz", "", new string('n', 1001), "", default), "").Select(e => e.Field));
}
