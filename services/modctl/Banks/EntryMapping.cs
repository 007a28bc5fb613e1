using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using BankEntry = Moderation.Contracts.V1.BankEntry;
using HarmCategory = Moderation.Contracts.V1.HarmCategory;
using HashKind = Moderation.Contracts.V1.HashKind;

namespace Moderation.ModCtl.Banks;

/// <summary>Between the entries of hash lists and the contract's. The enums have the same numbers.</summary>
internal static class EntryMapping
{
    public static BankEntry ToContract(MediaHash.Banks.BankEntry entry) => new()
    {
        EntryId = entry.Key.EntryId,
        Category = (HarmCategory)entry.Category,
        Kind = (HashKind)entry.Kind,
        Value = entry.Value,
        Source = entry.Source,
        Note = entry.Note,
        Severity = (BankEntrySeverity)entry.Severity,
        Labels = { entry.Labels },
        State = (BankEntryState)entry.Terms.State,
        IsNegative = entry.Terms.IsNegative,
        TenantIds = { entry.Terms.TenantIds },
        MatchRadius = entry.Terms.MatchRadius,
        MinQueryPercent = entry.Terms.MinQueryPercent,
        MinReferencePercent = entry.Terms.MinReferencePercent,
    };

    public static MediaHash.Banks.BankEntry ToCore(BankEntry entry)
    {
        var usual = EntryTerms.Default;
        return new MediaHash.Banks.BankEntry(
            new BankEntryKey(entry.BankId, entry.EntryId), (MediaHash.Banks.HarmCategory)entry.Category, (MediaHash.Banks.HashKind)entry.Kind, entry.Value,
            entry.Source, entry.Note, entry.Creator, entry.CreateTime?.ToDateTimeOffset() ?? default)
        {
            Severity = (EntrySeverity)entry.Severity,
            Labels = [.. entry.Labels],
            Terms = usual with
            {
                State = (EntryState)entry.State,
                IsNegative = entry.IsNegative,
                TenantIds = [.. entry.TenantIds],
                MatchRadius = entry.HasMatchRadius ? entry.MatchRadius : usual.MatchRadius,
                MinQueryPercent = entry.HasMinQueryPercent ? entry.MinQueryPercent : usual.MinQueryPercent,
                MinReferencePercent = entry.HasMinReferencePercent ? entry.MinReferencePercent : usual.MinReferencePercent,
            },
        };
    }
}
