using Google.Protobuf.Reflection;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Contracts.Tests;

public sealed class DescriptorTests
{
    [Fact]
    public void Access_of_every_rpc_is_set()
    {
        Assert.NotEmpty(AccessTable.Methods);
        Assert.DoesNotContain(AccessTable.Methods, m => m.Value == Access.Unspecified);
    }

    [Fact]
    public void Taxonomy_is_the_closed_list_without_political_opinion()
    {
        string[] expected =
        [
            "VIOLENCE", "VIOLENT_EXTREMISM", "SEXUAL_CONTENT", "CHILD_SEXUAL_EXPLOITATION", "FRAUD_SPAM", "HARASSMENT", "HATE", "SELF_HARM", "FALSE_CLAIM",
        ];
        var names = TaxonomyReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(HarmCategory)).Values
            .Where(v => v.Number != 0).Select(v => v.Name["HARM_CATEGORY_".Length..]);
        Assert.Equal(expected, names);
    }

    [Fact]
    public void Reason_of_every_error_travels_with_its_status_and_one_error_info()
    {
        foreach (var reason in Enum.GetValues<ErrorReason>().Where(r => r != ErrorReason.Unspecified))
        {
            var failure = RpcErrors.Create(reason, ("key", "value"));
            Assert.NotEqual(StatusCode.OK, failure.StatusCode);
            Assert.NotEqual(StatusCode.Unknown, failure.StatusCode);
            Assert.Equal(reason, RpcErrors.ReasonOf(failure));
            var info = Assert.Single(failure.GetRpcStatus()!.Details, d => d.Is(Google.Rpc.ErrorInfo.Descriptor)).Unpack<Google.Rpc.ErrorInfo>();
            Assert.Equal("moderation", info.Domain);
            Assert.NotEqual("Internal error.", reason == ErrorReason.Internal ? "" : failure.Status.Detail);
        }
    }

    [Fact]
    public void Request_and_response_of_every_rpc_are_its_own()
    {
        var methods = AccessTable.Descriptors.Values;
        Assert.NotEmpty(methods);
        Assert.All(methods, m =>
        {
            Assert.Equal(m.Name + "Request", m.InputType.Name);
            Assert.Equal(m.Name + "Response", m.OutputType.Name);
        });
    }
}
