using System.Collections.Immutable;

namespace SeniorIoT.Simulators.Homes;

/// <summary>When a meter tells what it sampled.</summary>
internal enum Upload
{
    /// <summary>Every sample at once.</summary>
    EverySample,

    /// <summary>Hourly samples, told twice a day: 8 h and 16 h apart.</summary>
    TwiceADay,

    /// <summary>Hourly samples, told once a day. Such a meter cannot show 12 h without water in 12 h.</summary>
    OnceADay,
}

/// <summary>A person who is told, as the API takes it.</summary>
internal sealed record Told(string Name, string Phone, string Role);

/// <summary>What the meter of a home is like.</summary>
internal sealed record MeterPlan(string DeviceId, TimeSpan Sampling, TimeSpan Phase, Upload Upload, int ResolutionMillilitres, int LeakMillilitresAnHour);

/// <summary>A home as it was installed. Invented, but for the committee and the road's name; no such house number exists.</summary>
internal sealed record HomePlan(
    int Number,
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    string Resident,
    int BirthYear,
    ImmutableArray<Told> Contacts,
    MeterPlan Meter,
    string? SmokeId,
    string? ButtonId)
{
    private static readonly string[] Surnames =
        ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "沈", "陆", "顾", "钱", "曹"];

    private static readonly string[] Roads =
    [
        "愚园路", "江苏路", "定西路", "延安西路", "新华路", "法华镇路", "番禺路", "天山路", "仙霞路", "遵义路", "虹桥路", "古北路", "哈密路", "剑河路", "泉口路",
        "威宁路", "茅台路", "玉屏南路", "安龙路", "水城路", "芙蓉江路", "长宁路", "凯旋路", "武夷路", "安化路", "镇宁路", "宣化路", "昭化路",
    ];

    /// <summary>The home with this number, from 0. The same for ever for a seed.</summary>
    public static HomePlan Of(long seed, int number)
    {
        var dice = Dice.For(seed, "home", number);
        var committee = Changning.Committees[number % Changning.Committees.Length];
        var surname = dice.Pick(Surnames);
        var id = $"{number + 1:0000}";
        return new HomePlan(
            number,
            $"cn-{id}",
            $"{dice.Pick(Roads)}{dice.Whole(9001, 9899)}弄{dice.Whole(1, 48)}号{dice.Whole(1, 6)}0{dice.Whole(1, 4)}室",
            committee.Name,
            committee.SubDistrict,
            surname + (dice.Chance(0.68) ? "阿婆" : "老伯"),
            2026 - dice.Whole(68, 96),
            WhoIsTold(dice, number, surname),
            MeterOf(dice, number, id),
            dice.Chance(0.85) ? $"sd-{id}" : null,
            dice.Chance(0.5) ? $"sos-{id}" : null);
    }

    /// <summary>Who is told for every home of a committee.</summary>
    public static ImmutableArray<Told> Responders(long seed, int committee)
    {
        var dice = Dice.For(seed, "committee", committee);
        return
        [
            new Told(dice.Pick(Surnames) + "社工", Phone(9000 + (committee * 2)), "committee_duty"),
            new Told(dice.Pick(Surnames) + "主任", Phone(9001 + (committee * 2)), "committee_head"),
        ];
    }

    /// <summary>Who is told for the whole district.</summary>
    public static ImmutableArray<Told> Centre { get; } = [new Told("中心值班长", Phone(9999), "supervisor")];

    // A volunteer looks after about five elders of one committee.
    private static ImmutableArray<Told> WhoIsTold(Dice dice, int number, string surname)
    {
        var committees = Changning.Committees.Length;
        var pair = (number % committees) + (number / committees / 5 * committees);
        var volunteers = Dice.For(0, "volunteers", pair);
        return
        [
            new Told(volunteers.Pick(Surnames) + "阿姨", Phone(5000 + (pair * 2)), "volunteer"),
            new Told(volunteers.Pick(Surnames) + "师傅", Phone(5001 + (pair * 2)), "second_volunteer"),
            new Told(surname + (dice.Chance(0.5) ? "女士" : "先生"), Phone(number), "contact"),
        ];
    }

    private static MeterPlan MeterOf(Dice dice, int number, string id)
    {
        var upload = number % 10 != 3 ? Upload.EverySample : number % 20 == 3 ? Upload.OnceADay : Upload.TwiceADay;
        var minutes = upload != Upload.EverySample ? 60 : dice.Next() switch { < 0.2 => 15, < 0.5 => 30, _ => 60 };
        // Meters that upload once a day do so at hours spread over the day, so that at any time some have been quiet for 13 h.
        var phase = upload switch
        {
            Upload.EverySample => dice.Between(10, (minutes * 60) - 10),
            Upload.OnceADay => (number / 20 % 3 * 8 * 3600) + dice.Between(0, 2 * 3600),
            _ => dice.Between(0, 24 * 3600),
        };
        return new MeterPlan(
            $"wm-{id}",
            TimeSpan.FromMinutes(minutes),
            TimeSpan.FromSeconds(Math.Round(phase)),
            upload,
            dice.Chance(0.04) ? 10_000 : 1_000,
            number % 100 == 41 ? dice.Whole(2_500, 6_000) : 0);
    }

    // 139 0000 xxxx: a fictitious range.
    private static string Phone(int number) => $"1390000{number % 10_000:0000}";
}
