using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Reports;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Reports of users and trusted flaggers. One RPC a file.</summary>
internal sealed partial class ReportRpc(ReportStore store, TrustedFlaggerStore flaggers) : ReportService.ReportServiceBase
{
    private static bool IsCategory(Contracts.V1.HarmCategory category) => category != Contracts.V1.HarmCategory.Unspecified && Enum.IsDefined(category);

    private static bool SeesChildSafety(ServerCallContext context) => Caller.Of(context).Clearances.Contains(Person.ChildSafety);
}

/// <summary>What lists have in common.</summary>
internal static class Paging
{
    /// <summary>The size to use, after size and token were checked.</summary>
    public static int Require(FieldViolations violations, int size, string token)
    {
        violations.Require(size is >= 0 and <= RecordIndexStore.LargestPage, "page_size", $"must be 1..{RecordIndexStore.LargestPage}, or 0 for {RecordIndexStore.DefaultPage}");
        violations.Require(RecordIndexStore.IsToken(token), "page_token", "must be as answered by the call before");
        return size > 0 ? size : RecordIndexStore.DefaultPage;
    }
}
