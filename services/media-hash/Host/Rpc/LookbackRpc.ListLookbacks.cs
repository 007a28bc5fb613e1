using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class LookbackRpc
{
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    public override async Task<ListLookbacksResponse> ListLookbacks(ListLookbacksRequest request, ServerCallContext context)
    {
        var skip = 0;
        var isToken = request.PageToken.Length == 0
            || (int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out skip) && skip < int.MaxValue / 2);
        var violations = new FieldViolations();
        violations.Require(request.PageSize is >= 0 and <= MaxPage, "page_size", $"must be 0 (for {DefaultPage}) to {MaxPage}");
        violations.Require(isToken, "page_token", "must be empty or the next_page_token of the page before");
        violations.ThrowIfAny();
        var size = request.PageSize == 0 ? DefaultPage : request.PageSize;
        var found = await jobs.ListAsync(skip, size + 1);
        return new ListLookbacksResponse
        {
            Lookbacks = { found.Take(size).Select(job => job.Lookback) },
            NextPageToken = found.Count > size ? (skip + size).ToString(CultureInfo.InvariantCulture) : "",
        };
    }
}
