using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;

    public override async Task<ListLegalHoldsResponse> ListLegalHolds(ListLegalHoldsRequest request, ServerCallContext context)
    {
        var start = 0;
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.Require(request.PageSize is >= 0 and <= LargestPage, "page_size", $"must be 1..{LargestPage}, or 0 for {DefaultPage}");
        violations.Require(
            request.PageToken.Length == 0 || int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out start), "page_token",
            "must be as answered by the call before");
        violations.ThrowIfAny();
        var size = request.PageSize > 0 ? request.PageSize : DefaultPage;
        var all = (await holds.AllAsync()).Where(h => h.TenantId == request.TenantId).OrderBy(h => h.EndTime).ThenBy(h => h.HoldId, StringComparer.Ordinal).ToList();
        return new ListLegalHoldsResponse
        {
            Holds = { all.Skip(start).Take(size) },
            NextPageToken = all.Count > start + size ? (start + size).ToString(CultureInfo.InvariantCulture) : "",
        };
    }
}
