using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<ListWebhooksResponse> ListWebhooks(ListWebhooksRequest request, ServerCallContext context)
    {
        RequireOn(Options.Webhooks.Enabled, "Delivery:Webhooks:Enabled");
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        var size = PageSize(violations, request.PageSize, 50, 100);
        var after = ReadToken(violations, request.PageToken, _ => true);
        violations.ThrowIfAny();

        var rest = (await webhooks.ListAsync(request.TenantId)).Where(w => string.CompareOrdinal(w.Record.Webhook.WebhookId, after) > 0).ToList();
        return new ListWebhooksResponse
        {
            Webhooks = { rest.Take(size).Select(w => w.ToContract()) },
            NextPageToken = rest.Count > size ? Token(rest[size - 1].Record.Webhook.WebhookId) : "",
        };
    }
}
