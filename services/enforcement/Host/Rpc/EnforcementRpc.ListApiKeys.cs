using System.Buffers.Text;
using System.Text;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    private const int DefaultKeyPage = 100;
    private const int MaxKeyPage = 500;

    public override async Task<ListApiKeysResponse> ListApiKeys(ListApiKeysRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.Require(request.PageSize is >= 0 and <= MaxKeyPage, "page_size", $"must be 0 (for {DefaultKeyPage}) to {MaxKeyPage}");
        violations.Require(Base64Url.IsValid(request.PageToken), "page_token", "must be empty or the next_page_token of the page before");
        violations.ThrowIfAny();
        var (keys, last) = await apiKeys.ListAsync(
            request.TenantId,
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(request.PageToken)),
            request.PageSize == 0 ? DefaultKeyPage : request.PageSize);
        var now = time.GetUtcNow();
        return new ListApiKeysResponse
        {
            Keys = { keys.Select(k => k.ToContract(now)) },
            NextPageToken = last is null ? "" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last)),
        };
    }
}
