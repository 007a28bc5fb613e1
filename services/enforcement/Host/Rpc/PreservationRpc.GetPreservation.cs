using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PreservationRpc
{
    public override async Task<GetPreservationResponse> GetPreservation(GetPreservationRequest request, ServerCallContext context)
    {
        Caller.RequireClearance(context, Person.ChildSafety);
        var violations = new FieldViolations();
        violations.RequireId(request.PreservationId, "preservation_id");
        violations.ThrowIfAny();
        var caller = Caller.Of(context);
        if (await store.FindAsync(request.PreservationId) is not { } record || !caller.MayAct(record.Preservation.TenantId))
        {
            throw RpcErrors.Create(ErrorReason.PreservationNotFound, ("preservation_id", request.PreservationId));
        }

        await store.NoteReadAsync(record.Preservation.TenantId, "preservation.read", request.PreservationId, caller.Subject);
        return new GetPreservationResponse
        {
            Preservation = record.Preservation,
            Content = record.Content,
            Text = sealer.Open(record.SealedText.Span, request.PreservationId) ?? "",
        };
    }
}
