using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>What lists have in common.</summary>
internal static class Paging
{
    /// <summary>The size to use, after size and token were checked.</summary>
    public static int Require(FieldViolations violations, int size, string token)
    {
        violations.Require(RecordIndexStore.IsToken(token), "page_token", "must be as answered by the call before");
        return Require(violations, size);
    }

    /// <summary>The size to use, after it was checked.</summary>
    public static int Require(FieldViolations violations, int size)
    {
        const int Largest = RecordIndexStore.LargestPage;
        violations.Require(size is >= 0 and <= Largest, "page_size", $"must be 1..{Largest}, or 0 for {RecordIndexStore.DefaultPage}");
        return size > 0 ? size : RecordIndexStore.DefaultPage;
    }
}
