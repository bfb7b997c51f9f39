/** Sources of readings: what they are called, how they fare, what went wrong. */

import type en from "../en/sources.js";
import type { Translated } from "../message.js";

export default {
  simulator: "مضخة محاكاة",
  mqtt: "وسيط MQTT",
  serial: "منفذ تسلسلي",
  bluetooth: "مستشعر بلوتوث",
  motion: "مستشعرات الحركة",

  insecure:
    "لا تسمح المتصفحات بهذا إلا في الصفحات المفتوحة عبر https أو من localhost. افتح الصفحة بهذه الطريقة.",
  mqtt_missing: "لا يدعم هذا المتصفح WebSocket. استخدم متصفحًا حديثًا أو افتح تسجيلًا.",
  serial_missing:
    "لا يدعم هذا المتصفح Web Serial. استخدم Chrome أو Edge على حاسوب، أو اجعل الجهاز ينشر إلى وسيط MQTT، أو افتح تسجيله كملف CSV.",
  bluetooth_missing:
    "لا يدعم هذا المتصفح Web Bluetooth. استخدم Chrome أو Edge على Android أو Windows أو macOS أو ChromeOS، أو اجعل بوابة تنشر إلى وسيط MQTT، أو افتح تسجيلًا.",
  bluetooth_off: "البلوتوث مغلق أو غير موجود في هذا الجهاز. شغّله وحاول مرة أخرى.",
  motion_missing:
    "لا يبلّغ هذا المتصفح عن الحركة. افتح الصفحة على هاتف أو جهاز لوحي، أو استخدم مصدرًا آخر.",

  simulator_failed: "توقفت المحاكاة: {reason}. ابدأها من جديد.",

  mqtt_url:
    "{url} ليس عنوان وسيط. اكتبه مبدوءًا بـ ws:// أو wss://، مثل wss://broker.example:8084/mqtt.",
  mqtt_mixed:
    "لا يجوز لصفحة مفتوحة عبر https أن تتصل إلا بعناوين wss://، أو بعناوين ws:// على هذا الجهاز. زوّد الوسيط بشهادة أو افتح الصفحة عبر http.",
  mqtt_filter: "{topic} ليس موضوعًا صالحًا. العلامة + تحل محل مستوى كامل، و # محل كل ما يليه.",
  mqtt_no_topic: "لم يُحدَّد موضوع. اكتب الموضوع الذي ينشر إليه الجهاز.",
  mqtt_no_user: "كلمة المرور تحتاج إلى اسم مستخدم. اكتبهما معًا أو اترك كلمة المرور فارغة.",
  mqtt_unreachable:
    "{host} لا يجيب. تحقق من العنوان والشبكة ومن أن الوسيط يستمع إلى اتصالات WebSocket.",
  mqtt_lost: "انقطع الاتصال مع {host}.",
  mqtt_ended: "أنهى {host} الاتصال: {reason}.",
  mqtt_credentials: "لا يقبل {host} اسم المستخدم وكلمة المرور. صحّحهما واتصل من جديد.",
  mqtt_denied: "لا يسمح {host} بهذا الموضوع: {topic}. اطلب صلاحية قراءته.",
  mqtt_refused: "رفض {host} الاتصال: {reason}.",
  mqtt_flood: "أرسل {host} رسالة أكبر من {limit} ميغابايت فقُطع الاتصال.",
  mqtt_code: "لم يصل جزء الصفحة الخاص بـ MQTT. اتصل بالشبكة مرة واحدة وحاول مجددًا.",

  serial_not_chosen: "لم يُختر منفذ. صِل الجهاز واختر منفذه.",
  serial_denied: "لا يسمح المتصفح أو مديره بالمنافذ التسلسلية في هذه الصفحة.",
  serial_busy:
    "تعذر فتح المنفذ. ربما يستخدمه برنامج آخر: أغلق شاشة Arduino التسلسلية أو أي برنامج يقرأ منه.",
  device_code: "لم يصل جزء هذه الصفحة الذي يعرف الوحدات. اتصل بالإنترنت مرة وحاول مجددًا.",
  serial_code: "لم يصل جزء هذه الصفحة الذي يقرأ السطور. اتصل بالإنترنت مرة وحاول مجددًا.",
  serial_rate: "لا يقبل المنفذ هذه الإعدادات: {baud} باود. اختر سرعة الجهاز.",
  serial_unplugged: "الجهاز مفصول. صِله من جديد.",
  serial_lost: "انقطع الاتصال بالمنفذ.",

  bluetooth_not_chosen: "لم يُختر مستشعر. شغّل المستشعر واقترب منه ثم اختره.",
  bluetooth_denied: "لا يسمح المتصفح أو مديره بالبلوتوث في هذه الصفحة.",
  bluetooth_lost: "انقطع الاتصال مع {name}. اقترب منه.",
  bluetooth_unreachable: "{name} لا يجيب. اقترب منه وتأكد من أنه يعمل.",
  bluetooth_service:
    "لا يقدّم {name} خدمة الاستشعار البيئي التي تقرؤها هذه الصفحة. استخدم مستشعرًا آخر، أو اجعل بوابة تنشر إلى وسيط MQTT.",
  bluetooth_quantities: "يقيس {name}: {found}، ولا يناسب شيء من ذلك قنوات النموذج: {wanted}.",

  motion_denied:
    "لا يُسمح بقراءة مستشعرات الحركة. اسمح بالحركة لهذه الصفحة في إعدادات المتصفح وحاول مجددًا.",
  motion_silent:
    "لا يبلّغ هذا الجهاز عن أي حركة. استخدم هاتفًا أو جهازًا لوحيًا، أو اسمح بمستشعرات الحركة في إعدادات المتصفح.",
  motion_channels:
    "قنوات النموذج ليست قنوات حركة: {wanted}. تعطي مستشعرات الحركة أسماء مثل acc_x و gyro_z.",

  problem_encoding: "رسالة ليست نصًا بترميز UTF-8.",
  problem_noise: "تصل رموز غير مقروءة. تحقق من سرعة النقل (الباود).",
  problem_line_noise: "يبلّغ المنفذ عن أخطاء في النقل: {reason}. تحقق من الكابل والسرعة.",
  problem_size: "رسالة أطول من {limit} بايت.",
  problem_line: "سطر أطول من {limit} حرفًا. أنهِ السطور بعلامة سطر جديد.",
  problem_depth: "رسالة متداخلة بأكثر من {limit} مستوى.",
  problem_many: "رسالة فيها أكثر من {limit} قراءة.",
  problem_json: "رسالة ليست JSON صالحًا.",
  problem_path: "لا يوجد شيء في الرسالة عند {path}.",
  problem_names: "رسالة لا تسمّي أيًّا من القنوات: {wanted}.",
  problem_names_there: "رسالة لا تسمّي أيًّا من القنوات: {wanted}، وفيها {known}. اختر حقل كل قناة.",
  problem_words: "{text} ليس قراءات ولا أسماء للقيم التي تليه. اكتب اسمًا لكل قيمة وبينها فواصل.",
  problem_count: "في الرسالة {found} من القيم والمتوقع {expected}.",
  problem_shape: "شكل الرسالة غير معروف: المتوقع كائن أو قائمة أو قيم مفصولة بفواصل.",
  problem_topic:
    "القيمة بلا اسم، ولا ينتهي الموضوع {topic} باسم أي قناة. اطلب الموضوع الخاص بالقناة.",
  problem_two_channels: "ينتهي الموضوع {topic} بقناتين: {one} و{other}. اختر حقل كل قناة.",
  problem_two_places: "يوجد {wanted} مرتين، باسم {one} وباسم {other}. اكتب مسار المقصود منهما.",
  problem_not_a_number: "{text} ليس رقمًا.",
  problem_too_large: "{text} أكبر من الحد المسموح.",
  problem_two_numbers:
    "{text} هو {decimals} إذا كانت الفاصلة عشرية، و{thousands} إذا كانت الفاصلة للآلاف. اجعل الجهاز يكتب نقطة عشرية.",
  problem_other_decimal: "للقيمة {text} علامة عشرية غير علامة القيم السابقة.",
  problem_unknown_unit: "{text} ليس رقمًا، و{unit} ليست وحدة معروفة.",
  problem_other_unit: "لا يمكن تحويل {text} إلى {expected}.",
  problem_loose_unit:
    "لا يُعرف لأي القيم تعود الوحدة {unit}. اذكرها مع اسم القناة، مثل temperature_unit، أو احذفها.",
  problem_not_a_time: "{text} ليس وقتًا؛ تُستخدم القراءات من دونه.",
  problem_no_times: "{text} ليس وقتًا؛ تُستخدم القراءات من دونه.",
  problem_two_times:
    "يُقرأ {text} وقتًا بالصيغة {first} ووقتًا آخر بالصيغة {second}؛ تُستخدم القراءات من دونه.",
  problem_length: "أرسل {name} من البايتات {found} والمتوقع {expected}.",
  problem_read: "تعذرت قراءة {name}: {reason}.",
  problem_missing: "لا يقيس أي مستشعر {wanted}؛ تبقى هذه القنوات فارغة.",
} satisfies Translated<typeof en>;
