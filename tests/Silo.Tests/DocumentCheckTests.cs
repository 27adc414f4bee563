using Coordinator.Storage;

namespace Coordinator.Silo.Tests;

/// <summary>What cannot be read is said, with the place, and never with its content.</summary>
public sealed class DocumentCheckTests
{
    [Theory]
    [InlineData("competition", """{"schema":1,"version":1,"deleted":false,"intents":[]}""", null)]
    [InlineData("competition", """{"schema":2,"version":1,"deleted":false,"intents":[]}""", "it is of schema 2, this program knows 1")]
    [InlineData("competition", """{"schema":1,"surprise":"secret"}""", "it cannot be read at $.surprise")]
    [InlineData("competition", """{"schema":1,"state":{"state":"no_such_state"}}""", "it cannot be read at $.state")]
    [InlineData("wallet", """{"schema":3}""", "it is of schema 3, this program knows 1")]
    [InlineData("claims", """{"schema":1,"owners":[]}""", "it cannot be read at $.owners")]
    [InlineData("claims", """{"schema":7}""", "it is of schema 7, this program knows 1")]
    [InlineData("player", """{"schema":7}""", "it is of schema 7, this program knows 1")]
    [InlineData("user", """{"schema":7}""", "it is of schema 7, this program knows 1")]
    [InlineData("username", """{"schema":7}""", "it is of schema 7, this program knows 1")]
    [InlineData("service", """{"schema":7}""", "it is of schema 7, this program knows 1")]
    [InlineData("service", "null", "it is empty")]
    [InlineData("of another program", "nonsense", null)]
    public void Every_kind_of_document_is_checked(string name, string json, string? complaint)
    {
        var said = DocumentCheck.Complaint(new SurveyedDocument("type", "key", name, json, true));
        Assert.True(complaint is null ? said is null : said?.StartsWith(complaint, StringComparison.Ordinal) == true, said);
        Assert.DoesNotContain("secret", said ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_is_not_the_one_that_was_written_is_damaged()
        => Assert.Contains("damaged", DocumentCheck.Complaint(new SurveyedDocument("type", "key", "wallet", "{}", false)), StringComparison.Ordinal);
}
