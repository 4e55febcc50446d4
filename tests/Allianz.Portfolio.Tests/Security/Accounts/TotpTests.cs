using Allianz.Portfolio.Api.Security.SignIn;

namespace Allianz.Portfolio.Tests.Security.Accounts;

public class TotpTests
{
    // The key of RFC 6238, appendix B ("12345678901234567890"), and the last six digits of its codes.
    private const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    [TestCase(59, "287082")]
    [TestCase(1111111109, "081804")]
    [TestCase(1111111111, "050471")]
    [TestCase(1234567890, "005924")]
    [TestCase(2000000000, "279037")]
    [TestCase(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.That(Totp.Code(Key, DateTimeOffset.FromUnixTimeSeconds(seconds)), Is.EqualTo(code));

    [TestCase(-60, false)]
    [TestCase(-30, true)]
    [TestCase(0, true)]
    [TestCase(30, true)]
    [TestCase(60, false)]
    public void A_clock_may_be_half_a_minute_off(int off, bool taken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

        Assert.That(Totp.StepOf(Key, Totp.Code(Key, now.AddSeconds(off)), now, null) is not null, Is.EqualTo(taken));
    }

    [Test]
    public void A_code_is_taken_once_and_none_before_it_afterwards()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var step = Totp.StepOf(Key, Totp.Code(Key, now), now, null);

        Assert.That(step, Is.Not.Null);
        Assert.That(Totp.StepOf(Key, Totp.Code(Key, now), now, step), Is.Null);
        Assert.That(Totp.StepOf(Key, Totp.Code(Key, now.AddSeconds(-30)), now, step), Is.Null);
        Assert.That(Totp.StepOf(Key, Totp.Code(Key, now.AddSeconds(30)), now, step), Is.EqualTo(step + 1));
    }

    [TestCase("")]
    [TestCase("12345")]
    [TestCase("1234567")]
    [TestCase("ä12345")]
    public void What_is_no_code_is_none(string code) => Assert.That(Totp.StepOf(Key, code, DateTimeOffset.UnixEpoch, null), Is.Null);

    [Test]
    public void Keys_are_random_and_typed_as_they_are_read_from_the_picture()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => Totp.NewKey()).ToList();

        Assert.That(keys, Is.Unique);
        Assert.That(keys, Is.All.Matches("^[A-Z2-7]{32}$"));
        Assert.That(
            Totp.Address(keys[0], "Projekt: A&B", "a+b@example.org"),
            Does.Contain($"secret={keys[0]}").And.Contain("Projekt%3A%20A%26B")
        );
    }
}
