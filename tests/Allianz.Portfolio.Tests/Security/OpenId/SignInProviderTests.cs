using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using CsCheck;

namespace Allianz.Portfolio.Tests.Security.OpenId;

/// <summary>Which role a provider's claims give, and which configurations are refused: rules without database and HTTP.</summary>
public class SignInProviderTests
{
    private static readonly string[] _partners = ["ihk", "led", "cisco"];
    private static readonly string[] _roles =
    [
        "reader",
        "partner-editor",
        "board",
        "coordination",
        "administrator",
        "anonymous",
        "chef",
        "",
        "2",
        "PartnerEditor",
    ];
    private static readonly string[] _domains = ["ihk.de", "IHK.de", "led.example", "böse.example", "xn--bse-sna.example", "sub.ihk.de"];
    private static readonly string[] _addresses =
    [
        "a@ihk.de",
        "a@IHK.DE",
        "a@xihk.de",
        "a@ihk.de.example",
        "a@led.example",
        "a@sub.ihk.de",
        "a@böse.example",
        "a@b@ihk.de",
        "@ihk.de",
        "ihk.de",
        "",
    ];

    // Any configuration that somebody could write, right or wrong.
    private static readonly Gen<SignInRule> _rule = Gen.Select(
        Gen.OneOf<string?>("groups", "dept", null),
        Gen.OneOf<string?>("a", "b", null),
        Gen.OneOf<string?>([.. _domains, null]),
        Gen.OneOf<string?>([.. _partners, null]),
        Gen.OneOf(_roles),
        (claim, value, domain, partner, role) =>
            new SignInRule
            {
                Claim = claim,
                Value = value,
                MailDomain = domain,
                Partner = partner,
                Role = role,
            }
    );

    private static readonly Gen<SignInProvider> _provider = Gen.Select(
        Gen.Bool,
        Gen.OneOf(_partners).Array[0, 2],
        _rule.Array[1, 4],
        Gen.Select(
            Gen.OneOf("programm-1", "programm-2"),
            Gen.OneOf(_roles),
            Gen.OneOf<string?>([.. _partners, null]),
            (id, role, partner) =>
                new MachineClient
                {
                    ClientId = id,
                    Role = role,
                    Partner = partner,
                }
        ).Array[0, 2],
        (city, partners, rules, clients) => Valid with { City = city, Partners = partners, Rules = rules, Clients = clients }
    );

    private static readonly Gen<(string, string)[]> _claims = Gen.OneOf(
        Gen.Select(Gen.OneOf("groups", "dept"), Gen.OneOf("a", "b", "A")),
        Gen.Select(Gen.Const("email"), Gen.OneOf(_addresses)),
        Gen.Select(Gen.Const("email_verified"), Gen.OneOf("true", "false", "1", "0", ""))
    ).Array[0, 5];

    private static SignInProvider Valid =>
        new()
        {
            Title = "IHK",
            Authority = "https://login.ihk.de/realms/ihk",
            ClientId = "portfolio",
            ClientSecret = "geheim",
            Audience = "portfolio-api",
            Partners = ["ihk"],
            Rules =
            [
                new()
                {
                    Claim = "groups",
                    Value = "redaktion",
                    Partner = "ihk",
                    Role = "partner-editor",
                },
            ],
        };

    [Test]
    public void The_example_is_right() => Assert.That(Faults(Valid), Is.Empty);

    /// <summary>Whatever the rules and whatever the claims: a partner's provider gives no other partner and no role of the city.</summary>
    [Test]
    public void Nobody_lands_where_the_provider_may_not_speak_for()
    {
        var (asked, given) = (0, 0);
        Gen.Select(_provider, _claims)
            .Sample(
                (provider, claims) =>
                {
                    var places = new[] { provider.Map(claims), provider.MapClient("programm-1"), provider.MapClient("programm-2") };
                    asked++;
                    given += places.Any(g => g is not null) ? 1 : 0;
                    return places.All(g => g is null || IsInside(provider, g));
                },
                iter: 5000
            );
        Assert.That(given, Is.GreaterThan(asked / 20));
    }

    /// <summary>A configuration passes the check exactly when each of its rules stays inside.</summary>
    [Test]
    public void A_rule_that_reaches_outside_is_refused_at_start()
    {
        var (asked, passed) = (0, 0);
        _provider.Sample(
            provider =>
            {
                var right =
                    (provider.City || provider.Partners.Length > 0)
                    && provider.Rules.All(r => (r.Claim is null) == (r.Value is null) && (r.Claim ?? r.MailDomain) is not null)
                    && provider
                        .Rules.Select(r => r.Placement)
                        .Concat(provider.Clients.Select(c => c.Placement))
                        .All(g => g is not null && IsInside(provider, g))
                    && provider.Clients.DistinctBy(c => c.ClientId).Count() == provider.Clients.Length;
                asked++;
                passed += right ? 1 : 0;
                return Faults(provider).Count == 0 == right;
            },
            iter: 20_000
        );
        Assert.That(passed, Is.InRange(asked / 1000, asked / 2));
    }

    [Test]
    public void Taking_the_provider_a_partner_away_takes_its_people_out() =>
        Gen.Select(_provider, _claims)
            .Sample(
                (provider, claims) =>
                    (provider with { Partners = [], City = false }).Map(claims) is null or { Role: Role.Reader, Partner: null }
            );

    [TestCase("a@ihk.de", true)]
    [TestCase("A.B+c@IHK.de", true)]
    [TestCase("a@ihk.de.", false)]
    [TestCase("a@ihk.de.example.org", false)]
    [TestCase("a@sub.ihk.de", false)]
    [TestCase("a@xihk.de", false)]
    [TestCase("a@ihk.de@böse.example", false)]
    [TestCase("a@böse.example@ihk.de", false)]
    [TestCase("\"a@böse.example\"@ihk.de", false)]
    [TestCase("a@ihk.de\n", false)]
    [TestCase("a@ihk.de ", false)]
    [TestCase("a <a@ihk.de>", false)]
    [TestCase("a@ihk.de,b@x.example", false)]
    [TestCase("@ihk.de", false)]
    [TestCase("ihk.de", false)]
    [TestCase("a@іhk.de", false, Description = "the і is Cyrillic")]
    [TestCase("a@ihk。de", true, Description = "an ideographic full stop separates labels, too (UTS 46)")]
    [TestCase("a@[127.0.0.1]", false)]
    public void A_mail_domain_is_compared_whole(string address, bool fits)
    {
        var provider = Valid with
        {
            Rules =
            [
                new()
                {
                    MailDomain = "IHK.de",
                    Partner = "ihk",
                    Role = "partner-editor",
                },
            ],
        };

        Assert.That(provider.Map([("email", address), ("email_verified", "true")]) is not null, Is.EqualTo(fits));
    }

    [Test]
    public void An_international_domain_is_one_domain_however_it_is_written()
    {
        foreach (var written in new[] { "größe.example", "GRÖSSE.example".Replace("SS", "ß"), "xn--gre-6ka8i.example" })
        {
            Assert.That(MailDomain.Of($"a@{written}"), Is.EqualTo("xn--gre-6ka8i.example"), written);
        }
    }

    [Test]
    public void No_text_makes_a_mail_domain_other_than_a_plain_one() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["a@.-_ö。\0 \"[]1"], 0, 20])
            .Sample(text =>
                MailDomain.Of(text) is not { } domain
                || (
                    domain.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
                    && domain.Contains('.')
                    && text.Count(c => c == '@') == 1
                    && MailDomain.Normalize(domain) == domain
                )
            );

    // A provider that lets people type their address vouches for nothing.
    [TestCase("email_verified", "true", true)]
    [TestCase("email_verified", "True", true)]
    [TestCase("email_verified", "1", true)]
    [TestCase("email_verified", "false", false)]
    [TestCase("email_verified", "ja", false)]
    [TestCase("xms_edov", "true", false)]
    [TestCase(null, null, false)]
    public void A_mail_domain_counts_only_when_the_provider_vouches_for_it(string? claim, string? value, bool fits)
    {
        var provider = Valid with
        {
            Rules =
            [
                new()
                {
                    MailDomain = "ihk.de",
                    Partner = "ihk",
                    Role = "partner-editor",
                },
            ],
        };
        var claims = new List<(string, string)> { ("email", "a@ihk.de") };
        if (claim is not null)
        {
            claims.Add((claim, value!));
        }

        Assert.That(provider.Map(claims) is not null, Is.EqualTo(fits));
        Assert.That(
            (provider with { VerifiedClaim = "xms_edov" }).Map(claims) is not null,
            Is.EqualTo(claim == "xms_edov"),
            "the claim that says so can be another"
        );
    }

    [Test]
    public void Two_addresses_are_no_address()
    {
        var provider = Valid with
        {
            Rules =
            [
                new()
                {
                    MailDomain = "ihk.de",
                    Partner = "ihk",
                    Role = "partner-editor",
                },
            ],
        };

        Assert.That(provider.Map([("email", "a@ihk.de"), ("email", "a@x.example"), ("email_verified", "true")]), Is.Null);
    }

    [Test]
    public void The_first_rule_that_fits_decides_and_all_its_conditions_must_hold()
    {
        var provider = Valid with
        {
            Partners = ["ihk", "led"],
            Rules =
            [
                new()
                {
                    Claim = "groups",
                    Value = "a",
                    MailDomain = "ihk.de",
                    Partner = "ihk",
                    Role = "partner-editor",
                },
                new()
                {
                    Claim = "groups",
                    Value = "a",
                    Partner = "led",
                    Role = "partner-editor",
                },
                new()
                {
                    Claim = "groups",
                    Value = "b",
                    Role = "reader",
                },
            ],
        };

        Assert.Multiple(() =>
        {
            Assert.That(
                provider.Map([("groups", "b"), ("groups", "a"), ("email", "x@ihk.de"), ("email_verified", "true")])!.Partner,
                Is.EqualTo("ihk")
            );
            Assert.That(provider.Map([("groups", "b"), ("groups", "a"), ("email", "x@ihk.de")])!.Partner, Is.EqualTo("led"));
            Assert.That(provider.Map([("groups", "b")]), Is.EqualTo(new Placement(Role.Reader, null)));
            Assert.That(provider.Map([("groups", "B")]), Is.Null);
            Assert.That(provider.Map([("groups", "a b")]), Is.Null);
            Assert.That(provider.Map([]), Is.Null);
        });
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("Title must be set", p => p with { Title = " " });
        yield return Case("https://", p => p with { Authority = "http://login.ihk.de" });
        yield return Case("must be the address", p => p with { Authority = "login.ihk.de" });
        yield return Case("must begin with https", p => p with { Authority = "file:///etc" });
        yield return Case("no query", p => p with { Authority = "https://login.ihk.de/?x=1" });
        yield return Case("no query, fragment or user", p => p with { Authority = "https://a:b@login.ihk.de/" });
        yield return Case("tenant", p => p with { Authority = "https://login.microsoftonline.com/common/v2.0" });
        yield return Case("tenant", p => p with { Authority = "https://login.microsoftonline.com/Organizations/v2.0" });
        yield return Case("tenant", p => p with { Authority = "https://login.microsoftonline.com" });
        yield return Case("ClientSecret must be set", p => p with { ClientSecret = null });
        yield return Case("ClientId and ClientSecret", p => p with { ClientId = null });
        yield return Case("Rules must be set", p => p with { Rules = [] });
        yield return Case("otherwise nobody can sign in", p => p with { Rules = [], ClientId = null });
        yield return Case("Partners must be set, or City", p => p with { Partners = [] });
        yield return Case("not the key of a partner", p => p with { Partners = ["ihk", "Kein Schlüssel"] });
        yield return Case("SecondFactorClaim", p => p with { SecondFactorClaim = "amr" });
        yield return Case("SecondFactorClaim", p => p with { SecondFactorClaim = "x", SecondFactorValue = "y" });
        yield return Case("VerifiedClaim", p => p with { VerifiedClaim = "" });
        yield return Case("set together", p => WithRule(p, r => r with { Value = null }));
        yield return Case("matches everybody", p => WithRule(p, r => r with { Claim = null, Value = null }));
        yield return Case("is not a domain", p => WithRule(p, r => r with { MailDomain = "@ihk.de" }));
        yield return Case("is not a domain", p => WithRule(p, r => r with { MailDomain = "*.ihk.de" }));
        yield return Case("is not a domain", p => WithRule(p, r => r with { MailDomain = "localhost" }));
        yield return Case("needs its Partner", p => WithRule(p, r => r with { Partner = null }));
        yield return Case("not among the provider's Partners", p => WithRule(p, r => r with { Partner = "led" }));
        yield return Case("'chef' is no role", p => WithRule(p, r => r with { Role = "chef" }));
        yield return Case("'' is no role", p => WithRule(p, r => r with { Role = "" }));
        yield return Case("nobody's role", p => WithRule(p, r => r with { Role = "anonymous", Partner = null }));
        yield return Case("role of the city", p => WithRule(p, r => r with { Role = "coordination", Partner = null }));
        yield return Case("only a partner-editor", p => WithRule(p, r => r with { Role = "reader" }));
        yield return Case("Audience must be set", p => WithClient(p with { Audience = null }, c => c));
        yield return Case("must differ from ClientId", p => WithClient(p with { Audience = p.ClientId }, c => c));
        yield return Case("must differ from the one with which people sign in", p => WithClient(p, c => c with { ClientId = "portfolio" }));
        yield return Case("1 to 60", p => WithClient(p, c => c with { ClientId = "" }));
        yield return Case("1 to 60", p => WithClient(p, c => c with { ClientId = "a b" }));
        yield return Case("role of the city", p => WithClient(p, c => c with { Role = "administrator" }));
        yield return Case("is given twice", p => p with { Clients = [Program, Program] });

        static TestCaseData Case(string said, Func<SignInProvider, SignInProvider> change) => new(said, change(Valid));
    }

    [TestCaseSource(nameof(Wrong))]
    public void What_is_set_wrongly_is_said(string said, object provider)
    {
        var faults = Faults((SignInProvider)provider);

        Assert.That(faults, Has.Some.Contains(said));
        Assert.That(faults, Has.All.StartsWith("SignIn:Providers:ihk"));
    }

    [Test]
    public void Two_providers_with_the_same_authority_are_refused()
    {
        var providers = new SignInProviders { ["ihk"] = Valid, ["led"] = Valid with { Authority = Valid.Authority + "/" } };

        Assert.That(new SignInProvidersCheck().Validate(null, providers).Failures, Has.Some.Contains("same Authority"));
    }

    [TestCase("a b")]
    [TestCase("Ihk")]
    [TestCase("a.b")]
    [TestCase("")]
    [TestCase("a23456789012345678901234567890x")]
    public void A_name_of_a_provider_is_plain(string name) =>
        Assert.That(
            new SignInProvidersCheck().Validate(null, new SignInProviders { [name] = Valid }).Failures,
            Has.Some.Contains("a name must have")
        );

    private static MachineClient Program => new() { ClientId = "programm", Role = "reader" };

    private static SignInProvider WithRule(SignInProvider provider, Func<SignInRule, SignInRule> change) =>
        provider with
        {
            Rules = [change(provider.Rules[0])],
        };

    private static SignInProvider WithClient(SignInProvider provider, Func<MachineClient, MachineClient> change) =>
        provider with
        {
            Clients = [change(Program)],
        };

    private static List<string> Faults(SignInProvider provider) =>
        [.. new SignInProvidersCheck().Validate(null, new SignInProviders { ["ihk"] = provider }).Failures ?? []];

    // Said here once more, so that the program is not its own judge.
    private static bool IsInside(SignInProvider provider, Placement place) =>
        place.Role switch
        {
            Role.Reader => place.Partner is null,
            Role.PartnerEditor => provider.Partners.Any(p => p == place.Partner),
            Role.Board or Role.Coordination or Role.Administrator => provider.City && place.Partner is null,
            _ => false,
        };
}
