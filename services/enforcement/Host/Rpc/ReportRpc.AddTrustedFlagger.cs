using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReportRpc
{
    private const int LongestName = 200;
    private const int LongestDesignation = 500;
    private const int MostCategories = 32;

    public override async Task<AddTrustedFlaggerResponse> AddTrustedFlagger(AddTrustedFlaggerRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        var flagger = request.Flagger ?? new TrustedFlagger();
        violations.RequireName(flagger.FlaggerId, "flagger.flagger_id");
        violations.Require(flagger.Name.Trim().Length is > 0 and <= LongestName, "flagger.name", $"must be 1..{LongestName} characters");
        violations.Require(flagger.Designation.Length <= LongestDesignation, "flagger.designation", $"must be at most {LongestDesignation} characters");
        violations.Require(
            flagger.Categories.Count <= MostCategories && flagger.Categories.All(IsCategory), "flagger.categories",
            "must be harms of the closed taxonomy, or empty for all");
        violations.ThrowIfAny();
        return new AddTrustedFlaggerResponse { Flagger = await flaggers.AddAsync(request.TenantId, flagger, Caller.Of(context).Subject) };
    }
}
