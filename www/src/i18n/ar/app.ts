/** The frame around the views. */

import type en from "../en/app.js";
import type { Translated } from "../message.js";

export default {
  skip: "تخطَّ إلى المحتوى",
  navigation: "الأقسام",
  live: "مباشر",
  batch: "الملفات",
  models: "النماذج",
  history: "السجل",
  title: "{view} · senselm",
  settings: "الإعدادات",
  language: "اللغة",
  theme: "المظهر",
  "theme.auto": "تلقائي",
  "theme.light": "فاتح",
  "theme.dark": "داكن",
  model: "النموذج: {name}",
  "model.loading": "جارٍ تحميل النموذج",
  "model.failed": "لا يوجد نموذج",
  "model.fallback": "تعذّر تحميل {name}، لذا يُستخدم النموذج المرفق. {reason}",
  "view.failed": "تعذّر تحميل هذا القسم.",
  "view.retry": "أعد المحاولة",
  install: "تثبيت",
  "install.text":
    "عند التثبيت يكون للتطبيق نافذة وأيقونة خاصتان به. وهو يعمل دون اتصال في الحالتين.",
  version: "الإصدار {version}",
  "update.ready": "يتوفر إصدار جديد.",
  "update.elsewhere": "جرى تحديث الصفحة في علامة تبويب أخرى.",
  "update.apply": "تحديث وإعادة تحميل",
  "update.later": "لاحقًا",
  "update.busy": "هل تريد إنهاء الجلسة من أجل التحديث؟",
  "update.busy.text": "هناك عملية جارية ستنتهي بإعادة التحميل. يبقى ما سُجّل حتى الآن في السجل.",
  private: "تبقى القراءات والإجابات على هذا الجهاز، ولا تُرسَل أي بيانات استخدام.",
} satisfies Translated<typeof en>;
