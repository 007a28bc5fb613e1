using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Lists;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextListRpc
{
    public override Task<ListTextListEntriesResponse> ListTextListEntries(ListTextListEntriesRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        CheckTenant(request.TenantId, violations);
        var after = CheckPage(request.PageSize, request.PageToken, violations);
        violations.ThrowIfAny();
        RequireLoaded();
        var size = PageSize(request.PageSize);
        var page = index.List(request.TenantId, after, size + 1);
        var response = new ListTextListEntriesResponse { Entries = { page.Take(size).Select(e => e.ToContract()) } };
        if (page.Count > size) response.NextPageToken = Token(page[size - 1].Key.EntryId);
        return Task.FromResult(response);
    }
}
