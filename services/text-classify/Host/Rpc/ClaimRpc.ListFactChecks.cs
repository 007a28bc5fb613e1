using System.Buffers.Text;
using System.Text;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class ClaimRpc
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1000;

    public override Task<ListFactChecksResponse> ListFactChecks(ListFactChecksRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.PageSize is >= 0 and <= MaxPageSize, "page_size", $"must be 0 (for {DefaultPageSize}) to {MaxPageSize}");
        violations.Require(Base64Url.IsValid(request.PageToken), "page_token", "must be empty or the next_page_token of the page before");
        violations.ThrowIfAny();
        var after = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(request.PageToken));
        var size = request.PageSize == 0 ? DefaultPageSize : request.PageSize;
        var page = Loaded.All.Where(c => string.CompareOrdinal(c.Key, after) > 0).Take(size + 1).Select(c => c.Value).ToList();
        var response = new ListFactChecksResponse { FactChecks = { page.Take(size).Select(ToContract) } };
        if (page.Count > size) response.NextPageToken = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[size - 1].Check.ClaimId));
        return Task.FromResult(response);
    }
}
