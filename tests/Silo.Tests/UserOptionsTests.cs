namespace Coordinator.Silo.Tests;

/// <summary>The section <c>Users</c> of the configuration.</summary>
public sealed class UserOptionsTests
{
    [Fact]
    public void Passwords_in_clear_are_not_taken_by_default()
    {
        Assert.False(new SiloOptions().Users.AcceptPasswords);
        Assert.False(new Grains.UserSettings().AcceptPasswords);
    }

    [Theory]
    [InlineData(0, 64, "Users:HashesAtOnce is 0")]
    [InlineData(65, 64, "Users:HashesAtOnce is 65")]
    [InlineData(2, -1, "Users:HashesWaiting is -1")]
    [InlineData(2, 10_001, "Users:HashesWaiting is 10001")]
    public void A_complaint_names_key_and_value(int atOnce, int waiting, string complaint)
    {
        var section = new UserSection { HashesAtOnce = atOnce, HashesWaiting = waiting };
        Assert.StartsWith(complaint, Assert.Single(section.Complaints()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_complain_of_nothing() => Assert.Empty(new UserSection().Complaints());
}
