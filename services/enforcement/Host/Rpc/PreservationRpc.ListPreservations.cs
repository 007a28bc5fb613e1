using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PreservationRpc
{
    public override async Task<ListPreservationsResponse> ListPreservations(ListPreservationsRequest request, ServerCallContext context)
    {
        Caller.RequireClearance(context, Person.ChildSafety);
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        var size = Paging.Require(violations, request.PageSize, request.PageToken);
        violations.ThrowIfAny();
        await store.NoteReadAsync(request.TenantId, "preservation.listed", request.PageToken, Caller.Of(context).Subject);
        var (records, next) = await store.ListAsync(request.TenantId, request.PageToken, size);
        return new ListPreservationsResponse { Preservations = { records.Select(r => r.Preservation) }, NextPageToken = next };
    }
}
