using Google.Protobuf.WellKnownTypes;
using Moderation.TextClassify.Lists;
using Contract = Moderation.Contracts.V1;

namespace Moderation.TextClassify.Host.Lists;

/// <summary>Between the contract's entry and the core's. The enums have the same numbers; a test compares them.</summary>
internal static class TextListMapping
{
    public static TextListEntry ToCore(this Contract.TextListEntry entry) => entry.ToCore(entry.TenantId, entry.Creator, entry.CreateTime.ToDateTimeOffset());

    public static TextListEntry ToCore(this Contract.TextListEntry entry, string tenantId, string creator, DateTimeOffset createTime)
    {
        var (kind, pattern) = entry.PatternCase switch
        {
            Contract.TextListEntry.PatternOneofCase.Term => (TextListKind.Term, entry.Term),
            Contract.TextListEntry.PatternOneofCase.Regex => (TextListKind.Regex, entry.Regex),
            Contract.TextListEntry.PatternOneofCase.Host => (TextListKind.Host, entry.Host),
            Contract.TextListEntry.PatternOneofCase.Link => (TextListKind.Link, entry.Link),
            _ => (TextListKind.Unspecified, ""),
        };
        return new TextListEntry(
            new TextListKey(tenantId, entry.EntryId), (HarmCategory)entry.Category, kind, pattern, entry.Note, entry.EndTime?.ToDateTimeOffset(), creator, createTime);
    }

    public static Contract.TextListEntry ToContract(this TextListEntry entry)
    {
        var contract = new Contract.TextListEntry
        {
            EntryId = entry.Key.EntryId,
            TenantId = entry.Key.TenantId,
            Category = (Contract.HarmCategory)entry.Category,
            Note = entry.Note,
            EndTime = entry.EndTime?.ToTimestamp(),
            Creator = entry.Creator,
            CreateTime = entry.CreateTime.ToTimestamp(),
        };
        switch (entry.Kind)
        {
            case TextListKind.Term: contract.Term = entry.Pattern; break;
            case TextListKind.Regex: contract.Regex = entry.Pattern; break;
            case TextListKind.Host: contract.Host = entry.Pattern; break;
            case TextListKind.Link: contract.Link = entry.Pattern; break;
        }
        return contract;
    }

    public static Contract.TextListHit ToContract(this TextListHit hit) => new()
    {
        EntryId = hit.Entry.Key.EntryId,
        Shared = hit.Entry.Key.TenantId.Length == 0,
        Category = (Contract.HarmCategory)hit.Entry.Category,
        Kind = (Contract.TextListKind)hit.Entry.Kind,
        Start = hit.Start,
        End = hit.End,
    };
}
