using Google.Rpc;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Rest;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Errors;

public sealed class RpcErrorsTests
{
    [Fact]
    public void Create_carries_reason_metadata_and_the_status_of_the_contract()
    {
        var failure = RpcErrors.Create(ErrorReason.RequestIdReused, ("request_id", "r1"));
        Assert.Equal(StatusCode.AlreadyExists, failure.StatusCode);
        var info = failure.GetRpcStatus()!.GetDetail<ErrorInfo>()!;
        Assert.Equal(("moderation", "REQUEST_ID_REUSED", "r1"), (info.Domain, info.Reason, info.Metadata["request_id"]));
        Assert.Null(failure.GetRpcStatus()!.GetDetail<BadRequest>());
        Assert.Equal(ErrorReason.RequestIdReused, RpcErrors.ReasonOf(failure));
    }

    [Fact]
    public void ReasonOf_a_foreign_error_is_unspecified()
        => Assert.Equal(ErrorReason.Unspecified, RpcErrors.ReasonOf(new RpcException(new Grpc.Core.Status(StatusCode.Aborted, "x"))));

    [Fact]
    public void FieldViolations_throw_all_at_once_in_order()
    {
        var violations = new FieldViolations();
        Assert.False(violations.Any);
        violations.ThrowIfAny();
        violations.RequireId("a b", "id");
        violations.RequireId("A-z_0.9:", "fine");
        violations.RequireId("", "empty");
        violations.RequireId(new string('a', 129), "long");
        violations.RequireName("Acme", "name");
        violations.RequireName("acme-1", "fine");
        violations.Require(false, "count", "must be 1..2");
        violations.Require(true, "fine", "is fine");
        var failure = Assert.Throws<RpcException>(violations.ThrowIfAny);
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(failure));
        var bad = failure.GetRpcStatus()!.GetDetail<BadRequest>()!;
        Assert.Equal(["id", "empty", "long", "name", "count"], bad.FieldViolations.Select(v => v.Field));
        Assert.Equal("must be 1..2", bad.FieldViolations[^1].Description);
    }

    [Theory]
    [InlineData("a\n")]
    [InlineData("a{b}")]
    [InlineData("é")]
    [InlineData("a/b")]
    public void RequireId_of_a_character_that_could_leave_its_key_is_a_violation(string id)
    {
        var violations = new FieldViolations();
        violations.RequireId(id, "id");
        Assert.True(violations.Any);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, 400)]
    [InlineData(StatusCode.FailedPrecondition, 400)]
    [InlineData(StatusCode.OutOfRange, 400)]
    [InlineData(StatusCode.Unauthenticated, 401)]
    [InlineData(StatusCode.PermissionDenied, 403)]
    [InlineData(StatusCode.NotFound, 404)]
    [InlineData(StatusCode.AlreadyExists, 409)]
    [InlineData(StatusCode.Aborted, 409)]
    [InlineData(StatusCode.ResourceExhausted, 429)]
    [InlineData(StatusCode.Cancelled, 499)]
    [InlineData(StatusCode.Unknown, 500)]
    [InlineData(StatusCode.Internal, 500)]
    [InlineData(StatusCode.DataLoss, 500)]
    [InlineData(StatusCode.Unimplemented, 501)]
    [InlineData(StatusCode.Unavailable, 503)]
    [InlineData(StatusCode.DeadlineExceeded, 504)]
    public void HttpStatus_is_that_of_google_rpc_code(StatusCode code, int status) => Assert.Equal(status, RestErrors.HttpStatus(code));
}
