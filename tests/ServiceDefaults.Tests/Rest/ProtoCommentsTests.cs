using Moderation.ServiceDefaults.Rest;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Rest;

public sealed class ProtoCommentsTests
{
    private static readonly Dictionary<string, string> Comments = ProtoComments.Read(
        """
        syntax = "proto3";

        // Of the package.
        package a.b.v1;

        import "x.proto"; // beside
        option java_package = "com.{not}.a//comment";

        // A service.
        service Greeter {
          // First line,
          // second line.
          //
          // Errors: NONE.
          rpc Greet(GreetRequest) returns (stream GreetResponse) {
            // not of a declaration
            option (google.api.http) = {
              get: "/v1/{name}"
            };
          }
          // Nothing in braces.
          rpc Bare(GreetRequest) returns (GreetResponse);
        }

        // Detached by a blank line.

        message GreetRequest {
          // The name.
          string name = 1 [deprecated = true]; // trailing
          /* a block is no leading comment */
          string bare = 2;
          // One of them.
          oneof kind {
            // The left.
            int32 left = 3;
          }
          // Nested.
          message Inner {
            // A map.
            map<string, int32> sizes = 1;
          }
          // Listed.
          repeated Inner inners = 4;
          reserved 5;
        }
        // Colours.
        enum Colour {
          // None.
          COLOUR_UNSPECIFIED = 0;
          // Red.
          COLOUR_RED = 1 [(status_code) = 3];
        }
        extend google.protobuf.MethodOptions {
          // An option.
          int32 access = 50801;
        }
        """).ToDictionary();

    [Theory]
    [InlineData("a.b.v1.Greeter", "A service.")]
    [InlineData("a.b.v1.Greeter.Greet", "First line,\nsecond line.\n\nErrors: NONE.")]
    [InlineData("a.b.v1.Greeter.Bare", "Nothing in braces.")]
    [InlineData("a.b.v1.GreetRequest.name", "The name.")]
    [InlineData("a.b.v1.GreetRequest.kind", "One of them.")]
    [InlineData("a.b.v1.GreetRequest.left", "The left.")]
    [InlineData("a.b.v1.GreetRequest.Inner", "Nested.")]
    [InlineData("a.b.v1.GreetRequest.Inner.sizes", "A map.")]
    [InlineData("a.b.v1.GreetRequest.inners", "Listed.")]
    [InlineData("a.b.v1.Colour", "Colours.")]
    [InlineData("a.b.v1.Colour.COLOUR_UNSPECIFIED", "None.")]
    [InlineData("a.b.v1.Colour.COLOUR_RED", "Red.")]
    [InlineData("a.b.v1.access", "An option.")]
    public void Read_of_a_declaration_gives_the_comment_above_it(string name, string comment)
        => Assert.Equal(comment, Comments.GetValueOrDefault(name));

    [Theory]
    [InlineData("a.b.v1.GreetRequest")]
    [InlineData("a.b.v1.GreetRequest.bare")]
    public void Read_of_a_declaration_without_a_comment_right_above_gives_none(string name)
        => Assert.DoesNotContain(name, Comments.Keys);

    [Fact]
    public void Read_gives_nothing_else() => Assert.Equal(13, Comments.Count);
}
